/** Of all the sets of destinations that a Kamailio has, the one that is Understudy's: an operator's own are left alone. */
export const SET = 7060;
